/** A compensated sum (Kahan, 1965). */
export const newSum = () => {
  let lost = 0;
  const sum = {
    value: 0,
    add(summand: number) {
      const wanted = summand - lost;
      const next = sum.value + wanted;
      lost = next - sum.value - wanted;
      sum.value = next;
    },
  };
  return sum;
};

export type Sum = ReturnType<typeof newSum>;
