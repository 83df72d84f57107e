// SPDX-License-Identifier: GPL-2.0
/*
 * TCG plugin: how often each translation block of the guest's kernel ran between two markers.
 *
 * usage: -plugin plugin.so,out=FILE
 *
 * FILE gets, for each pair of markers:
 *
 *	region NUMBER
 *	user INSTRUCTIONS
 *	ADDRESS RUNS INSTRUCTIONS ITERATIONS	for every block of the kernel that ran
 *	end
 *
 * An iteration is a round of a "rep" instruction beyond its first: TCG runs it as a block of its own that starts
 * with that instruction, and no real CPU takes an instruction's time for it.
 *
 * With several vCPUs a count loses now and then what two of them add at the same moment.
 *
 * Debian packages no header for plugins; what is used of version 1 of the interface is declared here.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

typedef void (*tb_trans_cb_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*vcpu_cb_t)(unsigned int vcpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb_t cb);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum qemu_plugin_op op, void *counter,
					      uint64_t add);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_cb_t cb,
					    enum qemu_plugin_cb_flags flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
							       int argc, char **argv);

#define BUCKETS (1u << 16)

/* A block of the kernel: its address and length name it, whatever it was translated again for. */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t insns;
	uint64_t runs;
	bool is_rep;
};

static struct block *buckets[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* protects the buckets and the file */
static uint64_t user_insns;
static unsigned int regions;
static FILE *out;

/* A string instruction with a repeat prefix, after other prefixes and REX. */
static bool is_rep_string(const struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn), i = 0;
	bool rep = false;

	for (; i < size && (code[i] == 0xf2 || code[i] == 0xf3 || code[i] == 0x66 || code[i] == 0x67); i++)
		rep |= code[i] >= 0xf2;
	if (i < size && (code[i] & 0xf0) == 0x40)
		i++;
	if (!rep || i >= size)
		return false;
	return (code[i] >= 0xa4 && code[i] <= 0xa7) || (code[i] >= 0xaa && code[i] <= 0xaf) ||
	       (code[i] >= 0x6c && code[i] <= 0x6f);
}

static struct block *find_block(uint64_t address, size_t insns, bool is_rep)
{
	struct block **link = &buckets[(address ^ (address >> 16)) % BUCKETS];
	struct block *block;

	for (block = *link; block; block = block->next)
		if (block->address == address && block->insns == insns && block->is_rep == is_rep)
			return block;
	block = calloc(1, sizeof(*block));
	if (!block)
		abort();
	block->address = address;
	block->insns = insns;
	block->is_rep = is_rep;
	block->next = *link;
	*link = block;
	return block;
}

static void on_begin(unsigned int vcpu, void *data)
{
	struct block *block;
	unsigned int i;

	(void)vcpu;
	(void)data;
	pthread_mutex_lock(&lock);
	for (i = 0; i < BUCKETS; i++)
		for (block = buckets[i]; block; block = block->next)
			block->runs = 0;
	user_insns = 0;
	pthread_mutex_unlock(&lock);
}

static void on_end(unsigned int vcpu, void *data)
{
	const struct block *block;
	unsigned int i;

	(void)vcpu;
	(void)data;
	pthread_mutex_lock(&lock);
	fprintf(out, "region %u\nuser %" PRIu64 "\n", regions++, user_insns);
	for (i = 0; i < BUCKETS; i++)
		for (block = buckets[i]; block; block = block->next)
			if (block->runs)
				fprintf(out, "%" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
					block->address, block->is_rep ? 0 : block->runs,
					block->is_rep ? 0 : block->runs * block->insns,
					block->is_rep ? block->runs : 0);
	fprintf(out, "end\n");
	fflush(out);
	pthread_mutex_unlock(&lock);
}

static void find_marker(struct qemu_plugin_insn *insn)
{
	const void *code = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != MARKER_SIZE)
		return;
	if (!memcmp(code, MARKER_BEGIN, MARKER_SIZE))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
	else if (!memcmp(code, MARKER_END, MARKER_SIZE))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	size_t insns = qemu_plugin_tb_n_insns(tb), i;
	struct block *block;

	(void)id;
	if (!(address >> 63)) {
		for (i = 0; i < insns; i++)
			find_marker(qemu_plugin_tb_get_insn(tb, i));
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &user_insns, insns);
		return;
	}
	pthread_mutex_lock(&lock);
	block = find_block(address, insns, is_rep_string(qemu_plugin_tb_get_insn(tb, 0)));
	pthread_mutex_unlock(&lock);
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block->runs, 1);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "plugin: want out=FILE\n");
		return 1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
