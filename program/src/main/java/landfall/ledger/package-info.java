/** The account of what became of every field. */
@NullMarked
package landfall.ledger;

import org.jspecify.annotations.NullMarked;
