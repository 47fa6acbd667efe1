@NullMarked
package dev.drover.net;

import org.jspecify.annotations.NullMarked;
