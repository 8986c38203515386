/**
 * The power series of the transcendental instructions, by Horner's rule. Arguments are fractions, sums unit numbers; the
 * number of terms is that after which less than the last bit is left.
 */
import { ONE, difference, dividedBy, high, low, product, set, sum } from "./fixed";

/** ONE - or + the number. */
function oneWith(negative: bool): void {
  if (negative) difference(ONE, 0, high, low);
  else sum(ONE, 0, high, low);
}

const EXPONENTIAL_TERMS: u64 = 33;

/** (e^y - 1) / y, |y| being at most the logarithm of 2. */
export function exponentialSeries(yHigh: u64, yLow: u64, negative: bool): void {
  set(ONE, 0);
  for (let k = EXPONENTIAL_TERMS; k > 1; k--) {
    product(yHigh, yLow, high, low);
    dividedBy(high, low, k);
    oneWith(negative);
  }
}

const CIRCULAR_TERMS: u64 = 15;

/** sin(r) / r if `odd`, else cos(r), by the square of r, which is at most a quarter of pi. */
export function circularSeries(squareHigh: u64, squareLow: u64, odd: bool): void {
  set(ONE, 0);
  for (let k = CIRCULAR_TERMS; k > 0; k--) {
    product(squareHigh, squareLow, high, low);
    const n = odd ? 2 * k + 1 : 2 * k;
    dividedBy(high, low, n * (n - 1));
    oneWith(true);
  }
}

const TANGENT_TERMS: u64 = 27;

/** arctan(z) / z, or artanh(z) / z if `hyperbolic`, by the square of z: at most 2^-5. */
export function inverseTangentSeries(squareHigh: u64, squareLow: u64, hyperbolic: bool): void {
  set(0, 0);
  for (let k = TANGENT_TERMS; ; k--) {
    product(squareHigh, squareLow, high, low);
    const termHigh = high;
    const termLow = low;
    dividedBy(ONE, 0, 2 * k + 1);
    if (hyperbolic) sum(high, low, termHigh, termLow);
    else difference(high, low, termHigh, termLow);
    if (!k) return;
  }
}
