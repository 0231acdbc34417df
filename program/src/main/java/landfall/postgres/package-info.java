/** Moving PostgreSQL: survey, snapshot copy, follow, fence, verify. */
@NullMarked
package landfall.postgres;

import org.jspecify.annotations.NullMarked;
