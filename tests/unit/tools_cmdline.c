// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel command line in its dialects, and what it comes to.
 */
#include "../../tools/cmdline.c"
#include "unit.h"

static struct cmdline c;
static struct boot b;
static struct problems p;
static struct problems of_file;

/* the options' file and the command line, as "kiscsi boot" reads them */
static void read_both(const char *file, const char *line)
{
	char text[1024];

	problems_free(&p);
	problems_free(&of_file);
	memset(&c, 0, sizeof(c));
	memset(&b, 0, sizeof(b));
	snprintf(text, sizeof(text), "%s", file);
	cmdline_options(&c, text, &of_file);
	snprintf(text, sizeof(text), "%s", line);
	cmdline_words(&c, text, &p);
	cmdline_finish(&c, &b, &of_file, &p);
}

static void read_line(const char *line)
{
	read_both("", line);
}

/* what the last line was refused with, and nothing came of it */
static const char *refused(const char *line)
{
	read_line(line);
	EQ(p.count, 1);
	EQ(b.count, 0);
	return p.count ? p.v[0].text : "";
}

static void one_word(void)
{
	read_line("ro root=UUID=1 netroot=iscsi:192.0.2.1::3261:1:iqn.2026-01.example:a quiet\n");
	EQ(p.count, 0);
	EQ(b.count, 1);
	STR(b.v[0].name, "iqn.2026-01.example:a");
	STR(b.v[0].portal[0], "192.0.2.1:3261");
	EQ(b.v[0].root_lun, 1);
	STR(b.v[0].chap.user, "");
	read_line("netroot=iscsi:192.0.2.1::::iqn.2026-01.example:a netroot=iscsi:[2001:db8::1]:6::0x2:eui.0123456789abcdef");
	EQ(b.count, 2);
	STR(b.v[0].portal[0], "192.0.2.1:3260");
	EQ(b.v[0].root_lun, 0);
	STR(b.v[1].portal[0], "[2001:db8::1]:3260");
	STR(b.v[1].name, "eui.0123456789abcdef");
	EQ(b.v[1].root_lun, 2);
	/* a LUN as RFC 4173 writes it; fields left out; the interface's two */
	read_line("root=iscsi:san.example::3260:0003-0000-0000-0000:iqn.2026-01.example:a");
	STR(b.v[0].portal[0], "san.example:3260");
	EQ(b.v[0].root_lun, 3);
	read_line("root=iscsi:192.0.2.1:iqn.2026-01.example:a");
	STR(b.v[0].portal[0], "192.0.2.1:3260");
	read_line("root=iscsi:192.0.2.1::3260:if0:eth1:4:iqn.2026-01.example:a");
	STR(b.v[0].interface, "eth1");
	EQ(b.v[0].root_lun, 4);
	/* the firmware's table, and what is no business of ours */
	read_line("root=iscsi: netroot=iscsi netroot=dhcp root=/dev/nfs initrd=x iscsi_auto");
	EQ(p.count, 0);
	EQ(b.count, 0);
}

static void credentials(void)
{
	read_line("netroot=iscsi:me:p@ssword1234:it:othersecret1@192.0.2.1::::iqn.2026-01.example:a");
	EQ(p.count, 0);
	STR(b.v[0].name, "iqn.2026-01.example:a");
	STR(b.v[0].chap.user, "me");
	STR(b.v[0].chap.secret, "p@ssword1234");
	STR(b.v[0].chap.mutual_user, "it");
	STR(b.v[0].chap.mutual_secret, "othersecret1");
	read_line("rd.iscsi.username=me rd.iscsi.password=\"with a blank\" netroot=iscsi:192.0.2.1::::iqn.2026-01.example:a "
		  "netroot=iscsi:you:yoursecret12@192.0.2.2::::iqn.2026-01.example:b");
	STR(b.v[0].chap.secret, "with a blank");
	STR(b.v[1].chap.user, "you");
	/* no complaint quotes a secret */
	NO(strstr(refused("netroot=iscsi:a:topsecret:c:d:e@192.0.2.1::::iqn.2026-01.example:a"), "topsecret"));
	NO(strstr(refused("netroot=iscsi:a:topsecret@192.0.2.1::::disk"), "topsecret"));
	HAS(refused("netroot=iscsi:me@192.0.2.1::::iqn.2026-01.example:a"), "no secret");
	HAS(refused("rd.iscsi.password=topsecret iscsi_target_ip=192.0.2.1"), "no user name");
}

static void single_words(void)
{
	read_both("# comment\nISCSI_TARGET_NAME=iqn.2026-01.example:a\nISCSI_TARGET_IP=\"192.0.2.1 192.0.2.2\"\n"
		  "ISCSI_USERNAME='me'  \nISCSI_PASSWORD=topsecret123\nISCSI_INITIATOR=iqn.2026-01.example:old\nTERM=x\n",
		  "iscsi_initiator=iqn.2026-01.example:me iscsi_target_port=3261");
	EQ(p.count, 0);
	/* without multipath, ways to one target are one session */
	EQ(b.count, 1);
	EQ(b.v[0].portals, 2);
	STR(b.v[0].portal[0], "192.0.2.1:3261");
	STR(b.v[0].portal[1], "192.0.2.2:3261");
	STR(b.v[0].chap.user, "me");
	STR(b.v[0].chap.secret, "topsecret123");
	STR(b.initiator, "iqn.2026-01.example:me");
	read_line("iscsi_target_ip=2001:db8::1");
	STR(b.v[0].portal[0], "[2001:db8::1]:3260");
	STR(b.v[0].name, "");
}

static void switches(void)
{
	read_line("rd.iscsi.param=node.session.timeo.replacement_timeout=300 rd.iscsi.param=queue-depth=16 "
		  "rd.kiscsi.timeout=20 rd.iscsi.firmware=0");
	EQ(p.count, 0);
	EQ(b.sets, 2);
	STR(b.set[0], "recovery-tmo=300");
	STR(b.set[1], "queue-depth=16");
	EQ(b.timeout, 20);
	YES(b.no_firmware);
	NO(b.off);
	read_line("rd.kiscsi=0 rd.iscsi.firmware");
	YES(b.off);
	NO(b.no_firmware);
}

/* what has no effect is said, and harms nothing */
static void unheeded_words(void)
{
	read_line("iscsi_target_ip=192.0.2.1 rd.iscsi.target.group=2 rd.iscsi.login_retry_max=5 iscsi_auto");
	EQ(p.count, 2);
	EQ(p.warnings, 2);
	HAS(p.count ? p.v[0].text : "", "rd.iscsi.target.group=2: there is no choice of a portal group");
	HAS(p.count > 1 ? p.v[1].text : "", "rd.iscsi.login_retry_max=5: attempts are not counted");
	EQ(b.count, 1);
	read_both("ISCSI_AUTO=true\nISCSI_TARGET_GROUP=1\n", "iscsi_target_group=2 rd.kiscsi.timeout=x");
	EQ(of_file.warnings, 1);
	EQ(of_file.count ? of_file.v[0].line : 0, 2);
	HAS(of_file.count ? of_file.v[0].text : "", "iscsi_target_group=1: there is no choice");
	EQ(p.count, 2);
	EQ(p.warnings, 1);
}

/* a value is taken whole or not at all */
static void long_values(void)
{
	static const char key[] = "rd.iscsi.param=initiator-name=", begin[] = "iqn.2026-01.example:";
	char line[512], *end = line + sprintf(line, "%s%s", key, begin);

	memset(end, 'x', KISCSI_NAME_MAX - strlen(begin));
	end[KISCSI_NAME_MAX - strlen(begin)] = '\0';
	read_line(line);
	EQ(p.count, 0);
	EQ(b.sets, 1);
	STR(b.set[0], line + strlen("rd.iscsi.param="));
	/* a number may have any number of noughts in front */
	sprintf(line, "rd.iscsi.param=queue-depth=%0400d", 16);
	HAS(refused(line), "rd.iscsi.param=queue-depth: want at most 287 bytes");
	EQ(b.sets, 0);
}

static void bad(void)
{
	HAS(refused("netroot=iscsi:192.0.2.1::70000::iqn.2026-01.example:a"), "192.0.2.1:70000");
	HAS(refused("netroot=iscsi:192.0.2.1:17:::iqn.2026-01.example:a"), "\"17\": want 6");
	HAS(refused("netroot=iscsi:192.0.2.1:::x:iqn.2026-01.example:a"), "the LUN \"x\"");
	HAS(refused("netroot=iscsi:192.0.2.1::::a:b:c:iqn.2026-01.example:a"), "want [SERVER]");
	HAS(refused("netroot=iscsi:::::iqn.2026-01.example:a"), "address");
	HAS(refused("netroot=iscsi:192.0.2.1::::iqn.2026-01.example:a!"), "iqn.2026-01.example:a!");
	HAS(refused("netroot=iscsi:[2001:db8::1::::iqn.2026-01.example:a"), "closing ]");
	HAS(refused("iscsi_target_name=iqn.2026-01.example:a"), "iscsi_target_ip");
	HAS(refused("rd.kiscsi.timeout=never"), "never");
	HAS(refused("rd.kiscsi.timeout=12345678"), "at most 7");
	HAS(refused("rd.iscsi.param=queue-depth=many"), "many");
	HAS(refused("rd.iscsi.param=x"), "KEY=VALUE");
	HAS(refused("rd.iscsi.initiator=me"), "me");
	EQ(p.warnings, 0);
	/* one that is wrong does not take the others along */
	read_line("netroot=iscsi:192.0.2.1:::x:iqn.2026-01.example:a netroot=iscsi:192.0.2.2::::iqn.2026-01.example:b");
	EQ(p.count, 1);
	EQ(b.count, 1);
	read_both("\nISCSI_TARGET_PORT=123456789\n", "");
	EQ(of_file.count ? of_file.v[0].line : 0, 2);
	problems_free(&of_file);
}

/* what is wrong is the file's, in that @line of it, and not the command line's */
static const char *refused_in_file(const char *file, const char *words, unsigned int line)
{
	read_both(file, words);
	EQ(p.count, 0);
	EQ(of_file.count, 1);
	EQ(of_file.count ? of_file.v[0].line : 0, line);
	return of_file.count ? of_file.v[0].text : "";
}

static void whose(void)
{
	HAS(refused_in_file("# comment\nISCSI_TARGET_IP=192.0.2.256/1\n", "", 2), "192.0.2.256/1");
	HAS(refused_in_file("ISCSI_TARGET_IP=192.0.2.1\nISCSI_TARGET_PORT=x\n", "", 2), "192.0.2.1:x");
	HAS(refused_in_file("ISCSI_TARGET_PORT=x\n", "iscsi_target_ip=192.0.2.1", 1), "192.0.2.1:x");
	HAS(refused_in_file("ISCSI_TARGET_NAME=disk\n", "iscsi_target_ip=192.0.2.1", 1), "\"disk\"");
	HAS(refused_in_file("ISCSI_TARGET_NAME=iqn.2026-01.example:a\n", "", 1), "want iscsi_target_ip");
	HAS(refused_in_file("\n\nISCSI_INITIATOR=me\n", "", 3), "\"me\"");
	HAS(refused_in_file("ISCSI_USERNAME=me\n", "netroot=iscsi:192.0.2.1::::iqn.2026-01.example:a", 1), "no secret");
	/* the command line counts more, and is to blame for what it says */
	read_both("ISCSI_TARGET_NAME=iqn.2026-01.example:a\nISCSI_TARGET_IP=192.0.2.1\n", "iscsi_target_name=disk");
	EQ(of_file.count, 0);
	EQ(p.count, 1);
	read_both("ISCSI_TARGET_IP=192.0.2.1\n", "iscsi_target_port=x");
	EQ(of_file.count, 0);
	EQ(p.count, 1);
	read_both("ISCSI_TARGET_IP=192.0.2.1\n", "");
	STR(b.v[0].from, "iscsi.initramfs");
	problems_free(&p);
}

UNIT_SUITE(tools_cmdline, { "one word", one_word }, { "credentials", credentials },
	   { "single words", single_words }, { "switches", switches },
	   { "unheeded words", unheeded_words },
	   { "long values", long_values }, { "bad", bad }, { "whose it is", whose })
