// The house's import rules (docs/principles.md): who may know whom.

const layer = (name, allowed, comment, more = {}) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'itself'}`,
  comment,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/`, ...more },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer('abi', [], 'abi is i386 Linux as data: it imports nothing.'),
    layer('machine', ['abi'], 'The machine knows no kernel.'),
    layer('kernel', ['abi'], 'The kernel knows only the contract src/kernel/platform.ts: it must run at any depth.'),
    layer('host', ['abi', 'machine', 'kernel'], 'host is Platform on the machine.'),
    layer('guest', ['abi', 'kernel'], 'A guest kernel reaches the world below only by trapping.'),
    {
      name: 'lab-composes',
      comment: 'lab composes; nobody prints there.',
      severity: 'error',
      from: { path: '^src/lab/' },
      to: { path: '^src/(cli|ui)/' },
    },
    {
      name: 'mechanisms-stand-alone',
      comment: 'A mechanism knows the kernel it extends and nothing of the others: combining is done by naming.',
      severity: 'error',
      from: { path: '^src/(ptrace|ktrace|pagetables|segments|tt|umlinux|jail)/' },
      to: { path: '^src/', pathNot: '^src/(abi|kernel|guest|$1)/' },
    },
    {
      name: 'guests-reach-below-by-trapping',
      comment: 'The part of a mechanism that is in a guest kernel knows nothing of the part in the kernel below.',
      severity: 'error',
      from: { path: '^src/(ptrace|ktrace|pagetables|segments|tt|umlinux|jail)/guest/' },
      to: { path: '^src/$1/', pathNot: '^src/$1/guest/' },
    },
    {
      name: 'primitives-know-no-guest',
      comment: 'What a mechanism adds to the kernel below serves any program there.',
      severity: 'error',
      from: { path: '^src/(ptrace|ktrace|pagetables|segments|tt|umlinux|jail)/[^/]*$' },
      to: { path: '^src/(guest|$1/guest)/' },
    },
    {
      name: 'only-the-registry-names-mechanisms',
      comment: 'src/lab/registry.ts is the one place that lists them; lab/ktrace is the language at the shell.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(ptrace|ktrace|pagetables|segments|tt|umlinux|jail|lab/registry.ts|lab/ktrace/)',
      },
      to: { path: '^src/(ptrace|ktrace|pagetables|segments|tt|umlinux|jail)/' },
    },
    {
      name: 'core-imports-no-package',
      comment: 'The core also runs in a browser or a worker: no node:*, no packages.',
      severity: 'error',
      from: { path: '^src/(abi|machine|kernel|host|guest|ptrace|ktrace|pagetables|segments|tt|umlinux|jail)/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nobody-imports-cli-or-ui',
      comment: 'The shell is thin and outermost.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|ui)/' },
      to: { path: '^src/(cli|ui)/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle hides who knows whom (types alone may refer to one another).',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      comment: 'Every import resolves.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'src-does-not-import-tests-or-dev-tools',
      comment: 'What we ship runs without the development tools.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/', dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
