@NullMarked
package landfall.objects.store;

import org.jspecify.annotations.NullMarked;
