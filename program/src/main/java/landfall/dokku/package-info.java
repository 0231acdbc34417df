/** Dokku's commands as data, the host, and parsers of its reports. */
@NullMarked
package landfall.dokku;

import org.jspecify.annotations.NullMarked;
