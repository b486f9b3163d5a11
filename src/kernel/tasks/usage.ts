/** Resources used, as getrusage(2) and times(2) report them; times in virtual ns. */
export class Usage {
  userTime = 0;
  systemTime = 0;
  /** Most pages that were resident at once. */
  peakPages = 0;
  minorFaults = 0;
  voluntarySwitches = 0;
  involuntarySwitches = 0;

  /** Adds what another has used. */
  add(other: Usage): void {
    this.userTime += other.userTime;
    this.systemTime += other.systemTime;
    this.peakPages = Math.max(this.peakPages, other.peakPages);
    this.minorFaults += other.minorFaults;
    this.voluntarySwitches += other.voluntarySwitches;
    this.involuntarySwitches += other.involuntarySwitches;
  }
}
