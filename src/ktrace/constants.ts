/** Numbers that are known when a script is registered. */
import { ScriptError } from './error.ts';
import { binaryOf, unaryOf } from './operators.ts';
import type { Expression } from './syntax.ts';
import type { Value } from './types.ts';
import { CONSTANTS } from './variables.ts';

/** The value of an expression of numbers and constants. Throws ScriptError for any other. */
export function constantOf(expression: Expression): Value {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression.value;
    case 'name':
      if (Object.hasOwn(CONSTANTS, expression.name)) return CONSTANTS[expression.name].value;
      break;
    case 'unary':
      return unaryOf(expression.operator)(constantOf(expression.operand));
    case 'binary':
      return binaryOf(expression.operator)(constantOf(expression.left), constantOf(expression.right));
    case 'call':
      break;
  }
  throw new ScriptError('this must be a number that is known beforehand', expression);
}
