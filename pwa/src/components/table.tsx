// A table with a caption, that scrolls sideways by itself on a narrow screen.
import type { ComponentChildren, JSX } from "preact";

interface TableProps {
  caption: string;
  /** Read out, but not drawn. */
  hideCaption?: boolean | undefined;
  head: readonly { text: string; numeric?: boolean }[];
  /** The first cell of a row is its header. */
  rows: readonly { key: string; cells: readonly ComponentChildren[] }[];
}

/** Rows of the same shape. */
export function Table({ caption, hideCaption = false, head, rows }: TableProps): JSX.Element {
  const cell = (column: number, kind: "header" | "cell"): string =>
    `govuk-table__${kind}${head[column]?.numeric === true ? ` govuk-table__${kind}--numeric` : ""}`;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling box must be reachable by keyboard
    <section class="tm-table-scroll" tabIndex={0} aria-label={caption}>
      <table class="govuk-table">
        <caption class={hideCaption ? "tm-visually-hidden" : "govuk-table__caption govuk-table__caption--m"}>
          {caption}
        </caption>
        <thead class="govuk-table__head">
          <tr class="govuk-table__row">
            {head.map(({ text }, column) => (
              <th scope="col" class={cell(column, "header")} key={text}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="govuk-table__body">
          {rows.map(({ key, cells }) => (
            <tr class="govuk-table__row" key={key}>
              {cells.map((content, column) =>
                column === 0 ? (
                  <th scope="row" class={cell(0, "header")} key="header">
                    {content}
                  </th>
                ) : (
                  <td class={cell(column, "cell")} key={head[column]?.text ?? column}>
                    {content}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
