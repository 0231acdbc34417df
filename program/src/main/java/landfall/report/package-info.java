/** Text and JSON views of results and events. */
@NullMarked
package landfall.report;

import org.jspecify.annotations.NullMarked;
