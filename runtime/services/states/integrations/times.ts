/** Members of AWS's answers that hold a point in time, by the way AWS names them. */
export const isTimeName = (name: string): boolean => /(?:Date|Time|Timestamp|LastModified)$/.test(name);
