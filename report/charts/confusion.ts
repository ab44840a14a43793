import type { NamedConfusion } from '../../spec/evaluation.ts';
import { label, markup, type Markup } from '../markup.ts';
import { count, percent, place } from '../numbers.ts';

/** A table of rows by actual and predicted class; the shade is the share of the actual class. */
export const confusionMatrix = ({ classes, matrix }: NamedConfusion): Markup => {
  const lines = matrix.map((cells, actual) => {
    const rows = cells.reduce((sum, own) => sum + own, 0);
    const tds = cells.map((own, predicted) => {
      const share = rows > 0 ? own / rows : 0;
      return markup`<td class="${predicted === actual ? 'right' : 'wrong'}" style="--share:${place(share * 100)}%">${count(own)}${own > 0 && markup`<small>${percent(share)}</small>`}</td>`;
    });
    return markup`<tr><th scope="row">${label(classes[actual] ?? '', 24)}</th>${tds}</tr>`;
  });
  return markup`<h3>Confusion matrix</h3><p class="note">Rows are the actual classes, columns the predicted ones; percentages are of the actual class.</p><div class="scroll" role="region" tabindex="0" aria-label="Confusion matrix"><table class="confusion"><caption class="unseen">Confusion matrix</caption><thead><tr><td></td>${classes.map((name) => markup`<th scope="col">${label(name, 16)}</th>`)}</tr></thead><tbody>${lines}</tbody></table></div>`;
};
