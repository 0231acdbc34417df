@NullMarked
package landfall.objects.user;

import org.jspecify.annotations.NullMarked;
