# What our shell and the host's make the same of.
for i in 1 2 3; do echo $i; done
for i in a "b c" d; do
  for j in x y; do echo "$i-$j"; done
done
i=0; while [ $i -lt 5 ]; do i=$((i + 1)); if [ $i -eq 3 ]; then continue; fi; echo $i; done
until [ $i -le 0 ]; do i=$((i-2)); if [ $i -eq 1 ]; then break; fi; done; echo $i
if true; then echo yes; else echo no; fi
if false; then echo yes; elif [ a = b ]; then echo b; else echo no; fi
if [ -d /usr ] && [ ! -f /usr ]; then echo dir; fi
case hello in h*) echo H;; *) echo other;; esac
case "$i" in
  0|1) echo small
    ;;
  *) echo big;;
esac
x=$(echo one; echo two); echo "$x"; echo $x
for f in $(echo p q r); do echo "<$f>"; done
echo $((2 + 3 * (4 - 1))) $((7 / 2)) $((7 % 4)) $((1 < 2)) $((3 == 3 && 0))
{ echo in; echo braces; } && echo after
! true; echo $?
false || { echo or; }
echo 'single $x' "double $x \$x" back\ slash
# a comment
echo end # another
while true; do echo once; break; done
for i in 1 2 3; do for j in 1 2; do if [ $j = 2 ]; then continue 2; fi; echo $i$j; done; done
y="a b  c"; for w in $y; do echo $w; done
if [ -z "" ]; then if [ -n x ]; then echo nested; fi; fi
echo a; false; echo $?
echo ${y}z
cat /nope 2>&1 | cat
true && false || echo chain
echo one two > zz; echo three >> zz
cat zz | while read x; do echo "<$x>"; done
for i in c b a; do echo $i; done | sort
for i in 1 2; do echo $i; done > zz; cat zz
while read y; do echo "line $y"; done < zz
if true; then echo "it's"; fi | cat && echo ok
{ echo x; echo y; } | cat | while read v; do if [ $v = y ]; then echo found $v; fi; done; echo end
for i in 1 2; do echo bg$i; done & wait
echo last; rm zz
x=$(echo b; echo a | sort); echo $x # a comment; with | and &
if echo in | while read v; do [ $v = in ]; done; then echo piped; fi
for i in 1 2 3; do echo $i; done | while read v; do if [ $v = 2 ]; then echo two; else echo not $v; fi; done
case $(echo word) in (wo*|x) echo matched; echo more;; esac
echo "a;b|c&d" 'e;f' g\;h
n=0
for f in $(echo 1 2 3) 4; do
  # a comment in a loop
  n=$((n + f))
done
echo ${n}th
[ $n -gt 5 ] && [ $n -lt 100 ] || echo wrong
while [ $n -gt 8 ]
do
  n=$((n - 1))
done
echo $n; shift; echo "$# $1 $@"
if [ ! -e zz ]; then echo gone; fi
false || ! false && echo chained
echo out >&2
echo "nested $(echo "inner $(echo deep)")"
