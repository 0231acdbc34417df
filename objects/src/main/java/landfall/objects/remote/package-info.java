@NullMarked
package landfall.objects.remote;

import org.jspecify.annotations.NullMarked;
