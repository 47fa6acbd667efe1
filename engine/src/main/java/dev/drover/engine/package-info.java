@NullMarked
package dev.drover.engine;

import org.jspecify.annotations.NullMarked;
