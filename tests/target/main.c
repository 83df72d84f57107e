// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi-target: options, listeners, signals.
 *
 * SIGUSR1 arms what --hold kept back, SIGHUP takes that back, SIGUSR2 writes the disks to the --dump
 * file, SIGTERM and SIGINT end the run. The exit status is 3 if the initiator broke a rule.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "target.h"

#define LISTEN_MAX	8
#define EXIT_VIOLATION	3

struct config config = {
	.target = "iqn.2026-01.example.kiscsi:hostile",
	.par = {
		.header_digest = 1, .data_digest = 1, .initial_r2t = 0, .immediate_data = 1,
		.max_connections = 4, .max_r2t = 4, .time2wait = 0, .time2retain = 0, .erl = 0,
		.max_burst = 262144, .first_burst = 65536, .recv_dsl = 65536,
	},
	.tune = { .window = 32, .ttt = 1, .statsn = 1 },
	.luns = 1, .block = 512, .size = 8 << 20, .targets = 1, .portal_group = 1, .grace_s = 10,
};

volatile bool stopping;
volatile bool armed = true;

static struct listener {
	int fd;
	bool plain;
} listeners[LISTEN_MAX];
static u32 listener_count;
static const char *dump_file;
static bool show_counters;
static u32 max_seconds;

/** now_ms() - a clock that never goes back */
u64 now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000 + (u64)ts.tv_nsec / 1000000;
}

/** sleep_ms() - wait */
void sleep_ms(u32 ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

static void die(const char *what, const char *which)
{
	fprintf(stderr, "kiscsi-target: %s: %s\n", which, what);
	exit(2);
}

static u64 number(const char *option, const char *s, u64 min, u64 max)
{
	u64 v;

	if (!parse_number(s, &v) || v < min || v > max)
		die("not a number in range", option);
	return v;
}

/* "ADDR:PORT", v6 in brackets */
static void split_address(const char *arg, char *host, size_t size, const char **port)
{
	const char *colon = strrchr(arg, ':');
	size_t n;

	if (!colon)
		die("want ADDR:PORT", arg);
	*port = colon + 1;
	n = (size_t)(colon - arg);
	if (n >= 2 && arg[0] == '[' && arg[n - 1] == ']') {
		arg++;
		n -= 2;
	}
	if (n >= size)
		die("address too long", arg);
	memcpy(host, arg, n);
	host[n] = 0;
}

static void say_listening(int fd, const char *arg, bool plain)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	u16 port;

	memset(&ss, 0, sizeof(ss));
	getsockname(fd, (struct sockaddr *)&ss, &len);
	port = ss.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&ss)->sin6_port :
	       ((struct sockaddr_in *)&ss)->sin_port;
	printf("listening %.*s:%u%s\n", (int)(strrchr(arg, ':') - arg), arg, ntohs(port),
	       plain ? " plain" : "");
	fflush(stdout);
}

static socklen_t parse_address(const char *host, u16 port, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
		return 0;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	return sizeof(*in6);
}

static void listen_on(const char *arg, bool plain)
{
	struct sockaddr_storage ss;
	const char *port;
	char host[80];
	socklen_t len;
	int fd, one = 1;

	split_address(arg, host, sizeof(host), &port);
	len = parse_address(host, (u16)number("port", port, 0, 65535), &ss);
	if (!len || listener_count == LISTEN_MAX)
		die("not an address to listen on", arg);
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&ss, len) || listen(fd, 64))
		die(strerror(errno), arg);
	listeners[listener_count++] = (struct listener){ fd, plain };
	say_listening(fd, arg, plain);
}

static void *accept_thread(void *arg)
{
	const struct listener *l = arg;

	while (!stopping) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			conn_serve(fd, l->plain);
		else if (errno != EINTR && errno != ECONNABORTED)
			sleep_ms(10);
	}
	return NULL;
}

static const struct option options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "plain", required_argument, NULL, 'p' },
	{ "behave", required_argument, NULL, 'b' },
	{ "after", required_argument, NULL, 'a' },
	{ "times", required_argument, NULL, 't' },
	{ "mutate", required_argument, NULL, 'm' },
	{ "hold", no_argument, NULL, 'h' },
	{ "list", no_argument, NULL, 'L' },
	{ "target", required_argument, NULL, 'n' },
	{ "targets", required_argument, NULL, 'N' },
	{ "luns", required_argument, NULL, 'u' },
	{ "types", required_argument, NULL, 'y' },
	{ "size", required_argument, NULL, 's' },
	{ "block", required_argument, NULL, 'B' },
	{ "set", required_argument, NULL, 'S' },
	{ "window", required_argument, NULL, 'w' },
	{ "chap", required_argument, NULL, 'c' },
	{ "mutual", required_argument, NULL, 'M' },
	{ "grace", required_argument, NULL, 'g' },
	{ "max-time", required_argument, NULL, 'T' },
	{ "report", required_argument, NULL, 'r' },
	{ "dump", required_argument, NULL, 'd' },
	{ "pattern", required_argument, NULL, 'P' },
	{ "count", no_argument, NULL, 'C' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'H' },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
	"usage: kiscsi-target --listen ADDR:PORT [--plain ADDR:PORT] [options]\n"
	"  --plain ADDR:PORT     listen there too, without behaviours\n"
	"  --behave NAME[,ARG]   deviate; may be given again; --list names all\n"
	"  --after N --times N   for the --behave after them: from the Nth PDU, so often (0: always)\n"
	"  --mutate SEED[,RATE[,MORE]]  damage one PDU in RATE at random; MORE random ones without harm behind each\n"
	"  --hold                behave well until SIGUSR1, and again after SIGHUP\n"
	"  --list                behaviours: name, phase, what must happen, I/O to provoke it,\n"
	"                        exit statuses, kiscsi --set, message, description\n"
	"  --target NAME  --targets N  --luns N  --size MIB  --block BYTES  --window N\n"
	"  --types N,N,...       peripheral device types of the first LUNs; all but 0 refuse a disk's commands\n"
	"  --set KEY=VALUE       the target's wish for a key of RFC 7143\n"
	"  --chap USER:SECRET  --mutual USER:SECRET\n"
	"  --grace S             an initiator that must leave has that long\n"
	"  --max-time S          end by itself\n"
	"  --report FILE         violations go there too\n"
	"  --dump FILE           on SIGUSR2 the disks are written there\n"
	"  --pattern LUN,OFFSET,LENGTH   print what an untouched disk holds\n"
	"  --count               counters at the end\n"
	"  --verbose             a line for each PDU\n"
	"Exit status: 0, 2 wrong usage, 3 the initiator broke a rule.\n";

static void print_pattern(const char *arg)
{
	unsigned long long lun, offset, len;
	u8 buf[4096];

	if (sscanf(arg, "%llu,%llu,%llu", &lun, &offset, &len) != 3)
		die("want LUN,OFFSET,LENGTH", arg);
	while (len) {
		size_t n = len < sizeof(buf) ? len : sizeof(buf);

		disk_pattern(buf, (u32)lun, offset, n);
		if (fwrite(buf, 1, n, stdout) != n)
			die(strerror(errno), "stdout");
		offset += n;
		len -= n;
	}
	exit(fflush(stdout) ? 1 : 0);
}

static void set_param(char *arg)
{
	char *eq = strchr(arg, '=');

	if (!eq)
		die("want KEY=VALUE", arg);
	*eq = 0;
	if (!param_set(&config.par, arg, eq + 1))
		die("not a key, or not a value for it", arg);
}

static void set_credentials(char *arg, const char **user, const char **secret)
{
	char *colon = strchr(arg, ':');

	if (!colon)
		die("want USER:SECRET", arg);
	*colon = 0;
	*user = arg;
	*secret = colon + 1;
}

static void add_behaviour(const char *arg, u32 *after, u32 *times)
{
	if (!behave_add(arg, *after, *times))
		die("no such behaviour, see --list", arg);
	*after = 1;
	*times = UINT32_MAX;
}

static void set_types(char *arg)
{
	char *type, *rest = NULL;
	u32 n = 0;

	for (type = strtok_r(arg, ",", &rest); type; type = strtok_r(NULL, ",", &rest)) {
		if (n == TYPES_MAX)
			die("too many", "--types");
		config.types[n++] = (u8)number("--types", type, 0, 0x1f);
	}
}

static void take_disk_option(int opt)
{
	switch (opt) {
	case 'u':
		config.luns = (u32)number("--luns", optarg, 0, 1024);
		break;
	case 'y':
		set_types(optarg);
		break;
	case 's':
		config.size = number("--size", optarg, 1, 64u << 20) << 20;
		break;
	case 'B':
		config.block = (u32)number("--block", optarg, 512, 4096);
		if (config.block != 512 && config.block != 4096)
			die("512 or 4096", "--block");
		break;
	case 'd':
		dump_file = optarg;
		break;
	case 'P':
		print_pattern(optarg);
		break;
	}
}

static void take_target_option(int opt)
{
	switch (opt) {
	case 'n':
		config.target = optarg;
		break;
	case 'N':
		config.targets = (u32)number("--targets", optarg, 1, 10000);
		break;
	case 'S':
		set_param(optarg);
		break;
	case 'w':
		config.tune.window = (u32)number("--window", optarg, 1, 128);
		break;
	case 'c':
		set_credentials(optarg, &config.chap_user, &config.chap_secret);
		break;
	case 'M':
		set_credentials(optarg, &config.mutual_user, &config.mutual_secret);
		break;
	default:
		take_disk_option(opt);
	}
}

static void take_run_option(int opt)
{
	switch (opt) {
	case 'g':
		config.grace_s = (u32)number("--grace", optarg, 1, 3600);
		break;
	case 'T':
		max_seconds = (u32)number("--max-time", optarg, 1, 1000000);
		break;
	case 'r':
		if (!report_open(optarg))
			die(strerror(errno), optarg);
		break;
	case 'C':
		show_counters = true;
		break;
	case 'v':
		config.verbose = true;
		break;
	case 'H':
		fputs(help, stdout);
		exit(0);
	case 'L':
		behave_list();
		exit(0);
	case '?':
		fputs(help, stderr);
		exit(2);
	default:
		take_target_option(opt);
	}
}

static void take_options(int argc, char **argv)
{
	u32 after = 1, times = UINT32_MAX;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'l':
		case 'p':
			listen_on(optarg, opt == 'p');
			break;
		case 'b':
			add_behaviour(optarg, &after, &times);
			break;
		case 'a':
			after = (u32)number("--after", optarg, 1, UINT32_MAX - 1);
			break;
		case 't':
			times = (u32)number("--times", optarg, 0, UINT32_MAX - 1);
			break;
		case 'm':
			if (!mutate_parse(optarg))
				die("want SEED[,RATE]", optarg);
			note(NULL, "mutation seed %llu", (unsigned long long)mutate_seed());
			break;
		case 'h':
			armed = false;
			break;
		default:
			take_run_option(opt);
		}
	}
	if (optind < argc)
		die("unexpected argument", argv[optind]);
	if (!listener_count)
		die("missing", "--listen");
}

static void dump(void)
{
	if (!dump_file)
		return;
	if (!disk_dump(dump_file))
		note(NULL, "%s: %s", dump_file, strerror(errno));
}

static void run(const sigset_t *signals)
{
	u64 end = max_seconds ? now_ms() + max_seconds * 1000ull : UINT64_MAX;
	struct timespec tick = { 0, 200000000 };

	while (now_ms() < end) {
		int sig = sigtimedwait(signals, NULL, &tick);

		if (sig == SIGUSR1) {
			armed = true;
			note(NULL, "armed");
		} else if (sig == SIGHUP) {
			armed = false;
			note(NULL, "well-behaved again");
		} else if (sig == SIGUSR2) {
			dump();
		} else if (sig > 0) {
			return;
		}
	}
	note(NULL, "%u s are over", max_seconds);
}

int main(int argc, char **argv)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	/* before there are threads: only run() takes them */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	take_options(argc, argv);
	if (!disk_init())
		die(strerror(errno), "disk memory");
	for (u32 i = 0; i < listener_count; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, accept_thread, &listeners[i]))
			die(strerror(errno), "thread");
		pthread_detach(thread);
	}
	run(&signals);
	stopping = true;
	session_stop_all();
	conn_wait_all();
	behave_unused();
	if (show_counters)
		counters_print();
	return violations() ? EXIT_VIOLATION : 0;
}
