/**
 * On-demand prices of one instance hour in us-east-1, in US dollars, for the cost ceiling only: repeated by several public
 * tables of 2024 to 2026, not read from AWS's price list. An instance that is not listed has no ceiling.
 */
export const usdPerHour: Readonly<Record<string, number>> = {
  'ml.m5.large': 0.115,
  'ml.m5.xlarge': 0.23,
  'ml.m5.2xlarge': 0.461,
  'ml.m5.4xlarge': 0.922,
  'ml.c5.xlarge': 0.204,
  'ml.c5.2xlarge': 0.408,
  'ml.g4dn.xlarge': 0.7364,
  'ml.g5.xlarge': 1.408,
  'ml.p3.2xlarge': 3.825,
};
