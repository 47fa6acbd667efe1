@NullMarked
package dev.drover.api.tls;

import org.jspecify.annotations.NullMarked;
