@NullMarked
package dev.drover.api.spec;

import org.jspecify.annotations.NullMarked;
