/** The command line: parse, call, show. */
@NullMarked
package landfall.cli;

import org.jspecify.annotations.NullMarked;
