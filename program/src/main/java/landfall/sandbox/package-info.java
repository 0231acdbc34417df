/** The emulated cluster and Dokku host, and what runs in them. */
@NullMarked
package landfall.sandbox;

import org.jspecify.annotations.NullMarked;
