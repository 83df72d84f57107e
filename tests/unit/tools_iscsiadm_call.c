// SPDX-License-Identifier: GPL-2.0
/*
 * What kiscsi-iscsiadm makes of its command line.
 */
#define main iscsiadm_main
int main(int argc, char **argv);
#include "../../tools/iscsiadm.c"
#undef main
#include "unit.h"

static char *words[8];
static struct request call;
static enum iscsi_err code;

static void read_words(void *arg)
{
	int argc = 0;

	(void)arg;
	while (words[argc])
		argc++;
	memset(&call, 0, sizeof(call));
	optind = 0;
	code = read_options(&call, argc, words);
	forget(&call);
}

static const char *said(const char *const *of)
{
	unsigned int n = 0;

	/* getopt() puts the options in front */
	for (; of[n]; n++)
		words[n] = (char *)of[n];
	words[n] = NULL;
	return unit_said(read_words, NULL);
}

#define SAID(...) said((const char *const[]){ "iscsiadm", __VA_ARGS__, NULL })

static void unknown_options(void)
{
	STR(SAID("-m", "node", "-l"), "");
	EQ(code, ISCSI_SUCCESS);
	STR(SAID("-m", "node", "-xl"), "iscsiadm: there is no option -x here\n");
	EQ(code, ISCSI_ERR_INVAL);
	STR(SAID("-m", "node", "-lxR"), "iscsiadm: there is no option -x here\n");
	STR(SAID("-m", "node", "--login=1"), "iscsiadm: there is no option --login=1 here\n");
	STR(SAID("-m", "node", "--frob"), "iscsiadm: there is no option --frob here\n");
	STR(SAID("-m", "node", "-T"), "iscsiadm: -T wants a value\n");
}

static void names(void)
{
	STR(SAID("-T", "iqn.2003-01.org.example:\xff"),
	    "iscsiadm: -T \"iqn.2003-01.org.example:\\xff\": is no UTF-8 without control characters\n");
	EQ(code, ISCSI_ERR_INVAL);
	STR(SAID("-T", "disk"), "iscsiadm: -T \"disk\": want a name that begins with \"iqn.\", \"eui.\" or \"naa.\"\n");
	STR(SAID("-T", "iqn.2003-01.org.example:disk"), "");
	EQ(code, ISCSI_SUCCESS);
}

UNIT_SUITE(tools_iscsiadm_call, { "unknown options", unknown_options }, { "names", names })
