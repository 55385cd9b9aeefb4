using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Simulation;

/// <summary>
/// The patrols of a simulated term: every day each grid is walked once by somebody, a fix every two to three minutes, with
/// checkpoints, issues found on the way and their photos. Nothing in it is false; some of it looks odd, as life does.
/// </summary>
internal sealed class FieldYear(Dice dice)
{
    /// <summary>Fixes of a round.</summary>
    public const int FixesPerRound = 25;

    /// <summary>A metre in degrees of latitude, and of longitude at Beijing.</summary>
    public const decimal LatPerMetre = 0.000009m,
        LonPerMetre = 0.0000117m;

    private const int Grids = 4;
    private const int Patrollers = 10;
    private const int HalfSide = 1000;

    // Walks keep this far from the middle, so that a fix pushed aside by a forgery is not outside of the grid as well.
    private const int WalkedHalfSide = 500;
    private static readonly string[] Kinds = ["乱堆物料", "占道经营", "井盖破损", "非法小广告", "路灯不亮", "消防通道占用"];

    private readonly List<Draft> events = [];

    /// <summary>The people on the roster.</summary>
    public static IEnumerable<string> People =>
        Enumerable.Range(1, Patrollers).Select(n => $"patroller-{n:00}").Concat(Enumerable.Range(1, 12).Select(n => $"seat-{n:00}"));

    /// <summary>The polygons of the grids: slightly skewed squares of two kilometres.</summary>
    public static IReadOnlyList<Grid> DrawGrids() =>
        [
            .. Enumerable
                .Range(1, Grids)
                .Select(n => new Grid(
                    GridName(n),
                    [
                        .. new[] { (-1, -1), (-1, 1), (1, 1), (1, -1) }.Select(c =>
                            At(n, c.Item1 * (HalfSide + (n * 10)), c.Item2 * HalfSide)
                        ),
                    ]
                )),
        ];

    /// <summary>The middle of a grid, moved by metres to the north and east.</summary>
    public static Location At(int grid, decimal north, decimal east) =>
        new(decimal.Round(39.75m + (grid * 0.03m) + (north * LatPerMetre), 6), decimal.Round(116.33m + (east * LonPerMetre), 6));

    /// <summary>The rounds and issues of the whole term.</summary>
    public static List<Draft> Of(ContractTerms terms, Dice dice)
    {
        var year = new FieldYear(dice);
        for (var day = terms.From; day <= terms.To; day = day.PlusDays(1))
        {
            var people = dice.Shuffled(Enumerable.Range(1, Patrollers));
            for (var grid = 1; grid <= Grids; grid++)
            {
                year.AddRound(day, grid, $"patroller-{people[grid - 1]:00}");
            }
        }

        return year.events;
    }

    private static string GridName(int n) => $"grid-{n:00}";

    private void AddRound(LocalDate day, int grid, string patroller)
    {
        var start = ChinaTime.At(day, new LocalTime(7, 30)) + Duration.FromSeconds(dice.Between(0, 9 * 3600));
        var (at, north, east) = (start, dice.Between(-300, 300), dice.Between(-300, 300));
        var (pausesAt, pauseFixes) = (dice.Between(3, 15), dice.Chance(40) ? dice.Between(2, 6) : 0);
        var track = new List<Fix>(FixesPerRound);
        for (var i = 0; i < FixesPerRound; i++)
        {
            // A pause gives equal fixes at one checkpoint: odd, not false.
            var pausing = i > pausesAt && i <= pausesAt + pauseFixes;
            if (!pausing)
            {
                (north, east) = (Step(north), Step(east));
            }

            var place = At(grid, north, east);
            track.Add(new Fix(at, place.Lat, place.Lon, dice.Between(3, 12), i % 5 == 2 && !pausing ? $"P{(i / 5) + 1}" : null));
            at += Duration.FromSeconds(dice.Between(121, 200));
        }

        var end = track[^1].At + Duration.FromSeconds(dice.Between(20, 200));
        var round = $"{day:uuuu-MM-dd}-{grid:00}";
        var photos = AddIssues(round, patroller, track);
        events.Add(
            new Draft(
                end + Duration.FromSeconds(dice.Between(10, 100)),
                $"patrol/{round}",
                patroller,
                new PatrolRoundRecorded(patroller, GridName(grid), start, end, track, photos.Count > 0 ? photos : null)
            )
        );
    }

    /// <summary>Sixty to a hundred metres along an axis, back from the edge of what is walked.</summary>
    private long Step(long from)
    {
        var step = dice.Between(60, 100) * (dice.Chance(500) ? 1 : -1);
        return from + step is > WalkedHalfSide or < -WalkedHalfSide ? from - step : from + step;
    }

    private List<string> AddIssues(string round, string patroller, List<Fix> track)
    {
        var photos = new List<string>();
        foreach (var n in Enumerable.Range(1, (int)dice.Between(0, 2)))
        {
            var fix = track[(int)dice.Between(0, track.Count - 1)];
            var found = fix.At + Duration.FromSeconds(dice.Between(5, 100));
            var severity = dice.Chance(50) ? Severity.Emergency : Severity.Routine;
            var photo = new Photo(dice.Digest(), found + Duration.FromSeconds(dice.Between(-500, 4)));
            var subject = $"issue/{round}-{n}";
            events.Add(
                new Draft(
                    found,
                    subject,
                    patroller,
                    new IssueFound(severity, dice.Of(Kinds), patroller, new Location(fix.Lat, fix.Lon), photo, round)
                )
            );
            events.Add(
                new Draft(
                    found + Duration.FromSeconds(severity == Severity.Emergency ? dice.Between(20, 290) : dice.Between(300, 14_000)),
                    subject,
                    patroller,
                    new IssueReported()
                )
            );
            events.Add(
                new Draft(
                    found + Duration.FromHours(dice.Between(5, 200)) + Duration.FromSeconds(dice.Between(0, 3599)),
                    subject,
                    "unit-urban-management",
                    new IssueResolved(dice.Chance(700) ? new Photo(dice.Digest(), found + Duration.FromHours(4)) : null)
                )
            );
            if (dice.Chance(500))
            {
                photos.Add(photo.Sha256);
            }
        }

        return photos;
    }
}
