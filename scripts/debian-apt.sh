# Sourced by the scripts that fetch from Debian: an apt of our own, which leaves the system's lists, architectures and
# packages alone. Sets debian_options (for apt-get), debs (where packages go), debian_update and retry; needs $here, the
# project, and the package debian-archive-keyring.
debs=$here/cache/debs
debian_state=$here/cache/debian-apt
mkdir -p "$debs" "$debian_state"/{lists/partial,archives/partial,preferences.d}
: >"$debian_state/status"
debian_mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
debian_suite=${DEBIAN_SUITE:-bookworm}
# Only the release itself: its updates come and go, and these programs are test inputs, never installed.
debian_keys=/usr/share/keyrings/debian-archive-keyring.gpg # package debian-archive-keyring, also on Ubuntu
for kind in deb deb-src; do
  printf '%s [signed-by=%s] %s %s main\n' $kind $debian_keys "$debian_mirror" "$debian_suite"
done >"$debian_state/sources.list"
debian_options=(
  -o APT::Architecture=i386 -o APT::Architectures::=i386 -o APT::Install-Recommends=false
  -o "Dir::Etc::SourceList=$debian_state/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o Dir::Etc::Preferences=/dev/null -o "Dir::Etc::PreferencesParts=$debian_state/preferences.d"
  -o "Dir::State=$debian_state" -o "Dir::State::lists=$debian_state/lists" -o "Dir::State::status=$debian_state/status"
  -o "Dir::Cache=$debian_state" -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)"
  -o Acquire::Languages=none -o Acquire::Retries=3
)

# retry COMMAND...: again, up to five times and ever more slowly, until it succeeds; a mirror may be out of step for a while.
retry() {
  local pause
  for pause in 2 5 10 20; do
    "$@" && return
    echo "$(basename "$0"): failed, again in $pause s: $1 ${*: -1}" >&2
    sleep $pause
  done
  "$@"
}

# Fetches the lists of packages; those of the last twelve hours are fresh enough.
debian_update() {
  [ -n "$(find "$debian_state/updated" -mmin -720 2>/dev/null)" ] && return
  # Without "any" a list that is missing would only be a warning.
  retry apt-get "${debian_options[@]}" -o APT::Update::Error-Mode=any -qq update && touch "$debian_state/updated"
}

# debian_get FOLDER download|source WORD...: what apt-get fetches goes to FOLDER.
debian_get() (
  cd "$1" && shift && retry apt-get "${debian_options[@]}" -qq "$@"
)
