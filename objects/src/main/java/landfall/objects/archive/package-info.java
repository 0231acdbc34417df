@NullMarked
package landfall.objects.archive;

import org.jspecify.annotations.NullMarked;
