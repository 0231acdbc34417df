/** What runs in the sandbox's containers: small real programs, each a process of its own. */
@NullMarked
package landfall.sandbox.program;

import org.jspecify.annotations.NullMarked;
