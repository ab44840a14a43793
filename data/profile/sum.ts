/** A compensated sum (Kahan, 1965); a plain object, since every closure would make an object of each number it keeps. */
export interface Sum {
  value: number;
  lost: number;
}

export const newSum = (): Sum => ({ value: 0, lost: 0 });

export const add = (sum: Sum, summand: number) => {
  const wanted = summand - sum.lost;
  const next = sum.value + wanted;
  sum.lost = next - sum.value - wanted;
  sum.value = next;
};
