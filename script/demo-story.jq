# Turns what the demo noted into the report's story (docs/formats/story.md).
def tri(a; b; c): {en: a, "zh-Hans": b, "zh-Hant": c};
# Consecutive samples of one state become one span of a lane.
def spans: reduce .[] as $s ([]; if length > 0 and .[-1].state == $s.state then .[-1].to = $s.at
  else (if length > 0 then .[-1].to = $s.at else . end) + [{state: $s.state, from: $s.at, to: $s.at}] end);
# Differences of the counters over real time are the throughput.
def rates: [range(1; length) as $i | .[$i - 1] as $a | .[$i] as $b
  | [$b.at, ([($b.count - $a.count) * 1000 / ([$b.real - $a.real, 1] | max), 0] | max)]];
{
  title: tri("Daymark: one fleet governed end to end"; "Daymark：一个机群的全程治理"; "Daymark：一個機群的全程治理"),
  introduction: tri(
    "Eight simulated chips, one authority, a witness and two mirrors, three beacons behind recorded delays. Days pass by a stepped clock; every part is a real process on loopback, and every refusal is the part's own.";
    "八块模拟芯片、一个管理机构、一个见证人和两个镜像、三个按实录时延运行的信标。时钟分步推进；每个部分都是本机上的真实进程，每次拒绝都由该部分自行作出。";
    "八塊模擬晶片、一個管理機構、一個見證人和兩個鏡像、三個按實錄時延運行的信標。時鐘分步推進；每個部分都是本機上的真實行程，每次拒絕都由該部分自行作出。"),
  acts: [$acts[] as $a | {title: $a.title, steps: [$steps[] | select(.n == $a.n)]}],
  marks: $marks,
  lanes: [$lanes | group_by(.name)[] | {name: .[0].name, spans: spans}],
  throughput: [$points | group_by(.name)[] | {name: .[0].name, points: rates}],
  throughput_unit: "matrix products per second",
  map_svg: $map,
  limits: [
    tri("The governors are host processes, chip 4 firmware in QEMU where it is there (all L1): root on the host could read their keys, change their state and drive their clock.";
        "治理器是主机进程，芯片 4 在有 QEMU 时是其中的固件（均为 L1）：主机 root 用户可读取其密钥、更改其状态并操纵其时钟。"; "治理器是主機行程，晶片 4 在有 QEMU 時是其中的韌體（均為 L1）：主機 root 使用者可讀取其金鑰、更改其狀態並操縱其時鐘。"),
    tri("The H100 report is a recording; nothing binds it to chip 1."; "H100 报告为录制数据，与芯片 1 无绑定关系。"; "H100 報告為錄製資料，與晶片 1 無綁定關係。"),
    tri("The gate is cooperative: a program that is started without it is not stopped by it."; "门控为协作式：不经门控启动的程序不会被阻止。"; "門控為協作式：不經門控啟動的程式不會被阻止。"),
    tri("The meter replays telemetry: the host's word."; "计量重放遥测数据：仅为主机之言。"; "計量重放遙測資料：僅為主機之言。"),
    tri("Every door in Daymark's own list is shut; this does not prove that there is no back door elsewhere."; "Daymark 清单中的每扇门均已关闭；但这不能证明别处没有后门。"; "Daymark 清單中的每扇門均已關閉；但這不能證明別處沒有後門。")
  ],
  closing_commands: [
    "daymark verify bundle out/demo/chip-2.bundle --trust \($fingerprint)",
    "printf '\\x55' | dd of=out/demo/chip-2.bundle bs=1 seek=4000 conv=notrunc status=none",
    "daymark verify bundle out/demo/chip-2.bundle --trust \($fingerprint)"
  ]
}
