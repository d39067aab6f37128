/* Preloaded into XRootD, which cannot be told to listen on the loopback interface only: a bind() to every interface
 * becomes one to loopback. IPv6 sockets get the mapped IPv4 address, so that 127.0.0.1 reaches them.
 *
 *     cc -shared -fPIC -o loopback.so loopback.c -ldl
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int bind(int socket, const struct sockaddr *address, socklen_t length) {
    static int (*bind_itself)(int, const struct sockaddr *, socklen_t);
    if (!bind_itself) bind_itself = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");

    if (address->sa_family == AF_INET) {
        struct sockaddr_in changed;
        memcpy(&changed, address, sizeof changed);
        if (changed.sin_addr.s_addr == htonl(INADDR_ANY)) changed.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return bind_itself(socket, (struct sockaddr *)&changed, sizeof changed);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 changed;
        memcpy(&changed, address, sizeof changed);
        if (IN6_IS_ADDR_UNSPECIFIED(&changed.sin6_addr)) inet_pton(AF_INET6, "::ffff:127.0.0.1", &changed.sin6_addr);
        return bind_itself(socket, (struct sockaddr *)&changed, sizeof changed);
    }
    return bind_itself(socket, address, length);
}
