import { EHDR, PHDR } from '../../abi/elf.ts';
import { E2BIG, EAGAIN, EIO, ELIBBAD, ELOOP, ENOENT, ENOEXEC, ENOMEM } from '../../abi/errno.ts';
import {
  AT_FDCWD,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MAP_PRIVATE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  READ_IMPLIES_EXEC,
  RLIMIT_DATA,
} from '../../abi/flags.ts';
import { SIGSEGV } from '../../abi/signals.ts';
import { PAGE } from '../memory/frames.ts';
import { mapPages } from '../memory/map.ts';
import { AddressSpace } from '../memory/space.ts';
import { UserMemory } from '../memory/user.ts';
import type { Kernel } from '../platform.ts';
import { EIP, ESP } from '../platform.ts';
import type { ExecutableFrom } from '../services.ts';
import { endProcess } from '../signals/send.ts';
import { exceedsProcesses, executeAs } from '../tasks/credential-rules.ts';
import { closeDropped } from '../tasks/exit.ts';
import type { Task } from '../tasks/task.ts';
import { EXEC } from '../work.ts';
import { type Aout, loadAout, parseAout } from './aout.ts';
import type { Header, Program } from './elf.ts';
import { parseHeader, parseProgram } from './elf.ts';
import { becomeImage } from './image.ts';
import type { Loaded } from './load.ts';
import { loadSegments } from './load.ts';
import { readFile } from './read.ts';
import { HEAD, parseScript } from './script.ts';
import { buildOldStack, buildStack, type Stack } from './stack.ts';
import { stringSpace, stringsFit } from './strings.ts';

/** Interpreters of interpreters (exec_binprm). */
const SCRIPT_DEPTH = 5;
/** The stack's area reaches this far below its contents at first (setup_arg_pages). */
const STACK_EXPAND = 131072;

/** A program file that passed the checks before the point of no return. */
type Image = ElfImage | AoutImage;

interface AoutImage {
  readonly kind: 'a.out';
  readonly file: number;
  readonly program: Aout;
}

interface ElfImage {
  readonly kind: 'elf';
  readonly file: number;
  readonly header: Header;
  readonly program: Program;
  readonly interpreter: { readonly file: number; readonly header: Header; readonly program: Program } | undefined;
}

/**
 * execve(2): replaces the task's program. -errno as Linux gives it while the old program can still go on; a failure
 * after that is a SIGSEGV. Strings are byte strings.
 */
export function* execute(
  task: Task,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  from?: ExecutableFrom,
): Kernel<number> {
  const { files } = task.system;
  if (task.tooMany && exceedsProcesses(task, task.identity.realUid, 0)) return -EAGAIN;
  task.tooMany = false;
  if (path === '' && !from) return -ENOENT;
  let file = yield* open(task, path, from);
  if (file < 0) return file;
  const shown = from ? shownName(path, from.fd) : path;
  let args = argv.length > 0 ? argv : [''];
  for (let name = shown, depth = 0; ; depth++) {
    const head = yield* readFile(task.system, file, 0, HEAD);
    const script = typeof head === 'number' ? head : parseScript(head);
    if (script === undefined) break;
    yield* files.drop(file);
    if (typeof script === 'number') return script;
    if (depth >= SCRIPT_DEPTH) return -ELOOP;
    // Its interpreter could not open a script whose descriptor exec closes.
    if (depth === 0 && shown !== path && task.services.files.table(task.table).isCloseOnExec(from!.fd)) return -ENOENT;
    args = [script.interpreter, ...(script.argument === undefined ? [] : [script.argument]), name, ...args.slice(1)];
    name = script.interpreter;
    file = yield* open(task, name);
    if (file < 0) return file;
  }
  const image = yield* inspect(task, file);
  if (typeof image === 'number') {
    yield* files.drop(file);
    return image;
  }
  const result = stringsFit([...args, ...envp, shown], stringSpace(task.process.limits))
    ? yield* replace(task, image, shown, path === '' ? undefined : shown, args, envp)
    : -E2BIG;
  yield* files.drop(file);
  if (image.kind === 'elf' && image.interpreter) yield* files.drop(image.interpreter.file);
  yield* closeDropped(task.system);
  return result;
}

function* open(task: Task, path: string, from?: ExecutableFrom): Kernel<number> {
  return yield* task.system.files.openExecutable(task.places, path, task.identity, task.pid, from);
}

/** How a program that execveat(2) found beside a descriptor is called (bprm->fdpath). */
function shownName(path: string, fd: number): string {
  if (path.startsWith('/') || fd === AT_FDCWD) return path;
  return path === '' ? `/dev/fd/${fd}` : `/dev/fd/${fd}/${path}`;
}

/** Reads and checks the headers of a program and of its interpreter. */
function* inspect(task: Task, file: number): Kernel<Image | number> {
  const { system } = task;
  const parsed = yield* parse(task, file);
  if (parsed === -ENOEXEC) return yield* inspectAout(task, file);
  if (typeof parsed === 'number') return parsed;
  const wanted = parsed.program.interpreter;
  if (!wanted) return { kind: 'elf', file, ...parsed, interpreter: undefined };
  const path = yield* readFile(system, file, wanted.offset, wanted.size);
  if (typeof path === 'number') return path;
  if (path.length < wanted.size) return -EIO;
  if (path[path.length - 1] !== 0) return -ENOEXEC;
  const name = String.fromCharCode(...path.subarray(0, path.indexOf(0)));
  const other = yield* open(task, name);
  if (other < 0) return other;
  const interpreter = yield* parse(task, other);
  if (typeof interpreter === 'number') {
    const short = system.files.size(other) < EHDR.size;
    yield* system.files.drop(other);
    if (interpreter !== -ENOEXEC) return interpreter;
    return short ? -EIO : -ELIBBAD;
  }
  return { kind: 'elf', file, ...parsed, interpreter: { file: other, ...interpreter } };
}

/** The same for a program in a.out format; -ENOEXEC when it is not that either, -ENOMEM beyond RLIMIT_DATA. */
function* inspectAout(task: Task, file: number): Kernel<AoutImage | number> {
  const { system, process } = task;
  const head = yield* readFile(system, file, 0, HEAD);
  if (typeof head === 'number') return head;
  const program = parseAout(head, system.files.size(file));
  if (typeof program !== 'object') return program ?? -ENOEXEC;
  return program.data + program.bss > process.limits.soft[RLIMIT_DATA] ? -ENOMEM : { kind: 'a.out', file, program };
}

function* parse(task: Task, file: number): Kernel<{ header: Header; program: Program } | number> {
  const { system } = task;
  const head = yield* readFile(system, file, 0, HEAD);
  if (typeof head === 'number') return head;
  const header = parseHeader(head);
  if (typeof header === 'number') return header;
  const size = header.phdrCount * PHDR.size;
  const bytes = yield* readFile(system, file, header.phdrs, size);
  if (typeof bytes === 'number' || bytes.length < size) return -ENOEXEC;
  const program = parseProgram(bytes);
  return typeof program === 'number' ? program : { header, program };
}

/** From the point of no return on. */
function* replace(
  task: Task,
  image: Image,
  path: string,
  name: string | undefined,
  argv: readonly string[],
  envp: readonly string[],
): Kernel<number> {
  const { system, process } = task;
  system.platform.charge(EXEC);
  const raised = executeAs(task, system.files.describe(image.file));
  if (typeof raised === 'number') return raised;
  const memory = AddressSpace.create(system.pool, process.limits);
  if (!memory) return -ENOMEM;
  const formerTid = task.tid;
  process.scripts?.ownerGone();
  yield* becomeImage(task, memory, image.file, name, raised);
  const old = image.kind === 'a.out' || image.program.stack === 'absent';
  if (old) process.personality |= READ_IMPLIES_EXEC;
  memory.readImpliesExec = (process.personality & READ_IMPLIES_EXEC) !== 0;
  const user = new UserMemory(system.platform.memory, memory);
  const entry = yield* build(task, user, image, path, argv, envp, raised.secure);
  if (entry < 0) {
    endProcess(process, SIGSEGV);
    return entry;
  }
  task.probes?.executed(task, raised.secure);
  if (task.hook) yield* task.hook.executed(formerTid);
  return 0;
}

/** Fills the new address space and sets the registers. */
function* build(
  task: Task,
  user: UserMemory,
  image: Image,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  secure: boolean,
): Kernel<number> {
  const { platform, pool } = task.system;
  const { space } = user;
  if (image.kind === 'a.out') {
    const loaded = yield* loadAout(task.system, user, image.file, image.program);
    if (loaded < 0) return loaded;
    const stack = buildOldStack({ top: pool.topPage * PAGE, file: path, argv, envp });
    return start(task, user, stack, true, image.program.entry);
  }
  const main = yield* loadSegments(user, image.file, image.header, image.program, image.interpreter !== undefined);
  if (typeof main === 'number') return main;
  space.heapStart = Math.ceil(main.end / PAGE) * PAGE;
  space.image = main.image;
  space.heapEnd = space.heapStart;
  let interpreter: Loaded | undefined;
  if (image.interpreter) {
    const { file, header, program } = image.interpreter;
    const loaded = yield* loadSegments(user, file, header, program, false);
    if (typeof loaded === 'number') return loaded;
    interpreter = loaded;
  }
  const top = pool.topPage * PAGE;
  const stack = buildStack(platform, {
    top,
    file: path,
    argv,
    envp,
    phdrs: main.phdrs,
    phdrCount: image.header.phdrCount,
    base: interpreter?.bias ?? 0,
    entry: main.entry,
    identity: task.identity,
    secure,
  });
  const executable = image.program.stack === 'executable' || space.readImpliesExec;
  return start(task, user, stack, executable, interpreter ? interpreter.entry : main.entry);
}

/** Maps the stack and sets the registers: 0 or -errno. */
function start(task: Task, user: UserMemory, stack: Stack, executable: boolean, entry: number): number {
  const { space } = user;
  const top = stack.esp + stack.bytes.length;
  const lowest = Math.floor(stack.esp / PAGE) * PAGE - STACK_EXPAND;
  const mapped = mapPages(space, {
    address: lowest,
    length: top - lowest,
    protection: PROT_READ | PROT_WRITE | (executable ? PROT_EXEC : 0),
    flags: MAP_PRIVATE | MAP_FIXED | MAP_GROWSDOWN,
    backing: null,
    offset: 0,
    mayWrite: true,
    label: '[stack]',
  });
  if (mapped < 0) return mapped;
  if (user.write(stack.esp, stack.bytes) < 0) return -EAGAIN;
  space.stackTop = stack.esp;
  space.auxiliary = stack.auxiliary;
  space.argStart = stack.argStart;
  space.argEnd = stack.argEnd;
  space.envStart = stack.argEnd;
  space.envEnd = stack.envEnd;
  const { regs } = task.context;
  regs[EIP] = entry;
  regs[ESP] = stack.esp;
  return 0;
}
