/** From a dropped file to a verdict. */
import './run.part.ts';
import './threshold.part.ts';
import './folds.part.ts';
import './badInput.part.ts';
import './adult.part.ts';
