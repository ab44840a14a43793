declare module 'asl-validator' {
  /** The part of asl-validator 3.16 that the tests call. It changes the definition it is given. */
  export default function validate(definition: unknown): {
    isValid: boolean;
    errorsText: (separator?: string) => string;
  };
}
