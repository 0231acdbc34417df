/** What becomes of each field of each kind: one file a kind, from which docs/mapping.md is written. */
@NullMarked
package landfall.translate.kinds;

import org.jspecify.annotations.NullMarked;
