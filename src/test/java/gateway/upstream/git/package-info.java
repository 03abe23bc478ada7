@org.jspecify.annotations.NullMarked
package gateway.upstream.git;
