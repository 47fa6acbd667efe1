@NullMarked
package dev.drover.api.link;

import org.jspecify.annotations.NullMarked;
