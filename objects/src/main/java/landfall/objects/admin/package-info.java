@NullMarked
package landfall.objects.admin;

import org.jspecify.annotations.NullMarked;
