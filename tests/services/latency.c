/* A TCP proxy on loopback that adds a delay in each direction; order is kept, bandwidth is not limited.
 *
 *     cc -O2 -pthread -o latency latency.c
 *     ./latency PORT SERVER_PORT ONE_WAY_MILLISECONDS
 *
 * The first bytes of a client wait for one round trip more: on a real way, so long takes TCP's handshake.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIECE 262144           /* bytes read at once */
#define MOST_WAITING (64L << 20) /* bytes under way in one direction of a connection */

struct piece {
    struct piece *next;
    struct timespec due;
    ssize_t length; /* 0: the sender is done */
    char data[];
};

struct connection {
    int client, server;
    int directions; /* that are still open */
    pthread_mutex_t mutex;
};

struct direction {
    struct connection *connection;
    int from, to;
    long first_delay; /* nanoseconds */
    struct piece *head, *tail;
    long waiting;
    int broken; /* the receiver is gone */
    pthread_mutex_t mutex;
    pthread_cond_t arrived, sent;
};

static long delay; /* nanoseconds, one way */

static struct timespec from_now(long nanoseconds) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    nanoseconds += time.tv_nsec;
    time.tv_sec += nanoseconds / 1000000000L;
    time.tv_nsec = nanoseconds % 1000000000L;
    return time;
}

static void *receive(void *argument) {
    struct direction *way = argument;
    long extra = way->first_delay;
    for (;;) {
        struct piece *piece = malloc(sizeof *piece + PIECE);
        if (!piece) abort();
        do piece->length = recv(way->from, piece->data, PIECE, 0);
        while (piece->length < 0 && errno == EINTR);
        if (piece->length < 0) piece->length = 0;
        piece = realloc(piece, sizeof *piece + piece->length);
        piece->next = NULL;
        piece->due = from_now(delay + extra);
        extra = 0;
        int last = piece->length == 0; /* afterwards the piece belongs to the other thread */

        pthread_mutex_lock(&way->mutex);
        while (way->waiting > MOST_WAITING && !way->broken) pthread_cond_wait(&way->sent, &way->mutex);
        if (way->tail) way->tail->next = piece;
        else way->head = piece;
        way->tail = piece;
        way->waiting += piece->length;
        pthread_cond_signal(&way->arrived);
        pthread_mutex_unlock(&way->mutex);
        if (last) return NULL;
    }
}

static int send_all(int to, const struct piece *piece) {
    for (ssize_t done = 0; done < piece->length;) {
        ssize_t count = send(to, piece->data + done, piece->length - done, MSG_NOSIGNAL);
        if (count >= 0) done += count;
        else if (errno != EINTR) return 0;
    }
    return 1;
}

static void leave(struct direction *way) {
    struct connection *connection = way->connection;
    pthread_mutex_lock(&connection->mutex);
    int left = --connection->directions;
    pthread_mutex_unlock(&connection->mutex);
    if (left) return;
    close(connection->client);
    close(connection->server);
    free(connection);
}

static void *forward(void *argument) { /* the directions of a connection are not freed: a proxy of tests lives shortly */
    struct direction *way = argument;
    for (int open = 1; open;) {
        pthread_mutex_lock(&way->mutex);
        while (!way->head) pthread_cond_wait(&way->arrived, &way->mutex);
        struct piece *piece = way->head;
        way->head = piece->next;
        if (!way->head) way->tail = NULL;
        pthread_mutex_unlock(&way->mutex);

        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &piece->due, NULL) == EINTR) {}
        if (piece->length == 0) {
            shutdown(way->to, SHUT_WR);
            open = 0;
        } else if (!send_all(way->to, piece)) {
            shutdown(way->from, SHUT_RD);
            open = 0;
        }
        pthread_mutex_lock(&way->mutex);
        way->waiting -= piece->length;
        way->broken = !open;
        pthread_cond_signal(&way->sent);
        pthread_mutex_unlock(&way->mutex);
        free(piece);
    }
    leave(way);
    return NULL;
}

static void start(void *(*function)(void *), void *argument) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, function, argument)) abort();
}

static void join_ends(struct connection *connection, int from, int to, long first_delay) {
    struct direction *way = calloc(1, sizeof *way);
    way->connection = connection;
    way->from = from;
    way->to = to;
    way->first_delay = first_delay;
    pthread_mutex_init(&way->mutex, NULL);
    pthread_cond_init(&way->arrived, NULL);
    pthread_cond_init(&way->sent, NULL);
    start(receive, way);
    start(forward, way);
}

static struct sockaddr_in loopback(const char *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: %s PORT SERVER_PORT ONE_WAY_MILLISECONDS\n", arguments[0]);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    delay = (long)(atof(arguments[3]) * 1e6);
    struct sockaddr_in own = loopback(arguments[1]), target = loopback(arguments[2]);
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) || listen(listener, 512)) {
        perror("bind");
        return 1;
    }
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        int server = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(server, (struct sockaddr *)&target, sizeof target)) {
            close(client);
            close(server);
            continue;
        }
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct connection *connection = malloc(sizeof *connection);
        *connection = (struct connection){client, server, 2, PTHREAD_MUTEX_INITIALIZER};
        join_ends(connection, client, server, 2 * delay);
        join_ends(connection, server, client, 0);
    }
}
