/** The packet gate in memory, and what every packet gate must do. */
@NullMarked
package dev.drover.testkit.net;

import org.jspecify.annotations.NullMarked;
