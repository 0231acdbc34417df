/** The recipe in docket's format and the rest of the move folder. */
@NullMarked
package landfall.recipe;

import org.jspecify.annotations.NullMarked;
