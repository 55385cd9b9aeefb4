using System.Text;
using Ledger.Api.Mapping;
using Ledger.Domain.Detectors;
using Ledger.Domain.Events;
using Ledger.Domain.Vocabulary;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>Places of Chinese maps become WGS 84 within the error that detectors allow for, and say what they were.</summary>
public sealed class CoordinateTests
{
    // Cities whose places are published in all four systems: latitude and longitude of WGS 84, GCJ-02 and BD-09, then y and x of Baidu's
    // plane. They lie in five of its bands' latitudes, at China's edges and in its middle.
    [Theory]
    [InlineData("39.9028057 116.4011517", "39.9042136 116.4074002", "39.9105355 116.4137852", "4825278.406 12959264.295")] // Beijing
    [InlineData("43.8243880 87.6140048", "43.8255962 87.6168579", "43.8317719 87.6232918", "5409573.675 9754286.362")] // Ürümqi
    [InlineData("18.2545417 109.5078130", "18.2528524 109.5119135", "18.2585878 109.5184703", "2054331.588 12191672.997")] // Sanya
    [InlineData("45.8017783 126.5289030", "45.8037804 126.5349726", "45.8094074 126.5415875", "5718930.121 14086698.354")] // Harbin
    [InlineData("29.6552770 91.1706414", "29.6524954 91.1721167", "29.6585294 91.1786184", "3438395.154 10150067.816")] // Lhasa
    [InlineData("39.7141079 76.1647682", "39.7145315 76.1678223", "39.7205029 76.1743308", "4797847.613 8479779.984")] // Kizilsu
    public void A_citys_places_in_the_three_systems_are_within_the_error_of_its_place(string wgs84, string gcj02, string bd09, string plane)
    {
        foreach (
            var (system, text) in new[] { (CoordinateSystem.Gcj02, gcj02), (CoordinateSystem.Bd09, bd09), (CoordinateSystem.Bd09mc, plane) }
        )
        {
            var (y, x) = Pair(text);
            var place = Assert.NotNull(Coordinates.ToWgs84(system, y, x));
            Assert.InRange(MetresApart(place, Pair(wgs84)), 0, CoordinateSystems.ErrorMetres(system));
        }
    }

    // What the published formula gives for a place, to a tenth of a metre.
    [Theory]
    [InlineData(CoordinateSystem.Gcj02, "31.17530398364597 121.531541859215", "31.1774276 121.5272106")]
    [InlineData(CoordinateSystem.Gcj02, "22.540796131694766 113.9171764808363", "22.543847 113.912316")]
    [InlineData(CoordinateSystem.Gcj02, "39.91334545536069 116.38404722455657", "39.911954 116.377817")]
    public void The_published_formula_is_inverted_to_a_decimetre(CoordinateSystem system, string place, string wgs84)
    {
        var (y, x) = Pair(place);
        Assert.InRange(MetresApart(Assert.NotNull(Coordinates.ToWgs84(system, y, x)), Pair(wgs84)), 0, 0.1m);
    }

    // The same point in Baidu's degrees and on its plane, as its own service gives it.
    [Fact]
    public void Baidus_plane_and_its_degrees_are_one_place()
    {
        var degrees = Assert.NotNull(Coordinates.ToWgs84(CoordinateSystem.Bd09, 39.915m, 116.404m));
        var plane = Assert.NotNull(Coordinates.ToWgs84(CoordinateSystem.Bd09mc, 4825923.77m, 12958175.0m));
        Assert.InRange(MetresApart(degrees, plane), 0, 0.1m);
    }

    [Theory]
    [InlineData("gcj02", "39.9042136,116.4074002")]
    [InlineData("bd09", "39.9105355,116.4137852")]
    [InlineData("bd09mc", "4825278.406,12959264.295")]
    public async Task A_files_places_are_converted_and_say_from_what(string system, string place)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, Rows(place), Mapped($"\"coordinates\":\"{system}\","));
        Assert.Empty(report.Errors);
        Assert.Equal(system, await ScalarAsync(database, "data -> 'location' ->> 'convertedFrom'", "case_received"));
        var lat = decimal.Parse(await ScalarAsync(database, "data -> 'location' ->> 'lat'", "case_received"));
        var lon = decimal.Parse(await ScalarAsync(database, "data -> 'location' ->> 'lon'", "case_received"));
        Assert.InRange(MetresApart((lat, lon), (39.9028057m, 116.4011517m)), 0, 2);
    }

    [Fact]
    public async Task A_place_stays_as_it_is_where_the_mapping_names_no_system()
    {
        await using var database = await ReadyAsync();
        Assert.Empty((await ImportAsync(database, Rows("39.9042136,116.4074002"), Mapped(""))).Errors);
        Assert.Equal(
            """{"lat": 39.9042136, "lon": 116.4074002}""",
            await ScalarAsync(database, "(data -> 'location') :: text", "case_received")
        );
    }

    [Theory]
    [InlineData("116.4074002,39.9042136")] // exchanged
    [InlineData("4825278.406,12959264.295")] // of Baidu's plane
    [InlineData("0,0")]
    [InlineData("35.6895,139.6917")] // Tokyo
    public async Task A_place_that_is_not_in_China_is_refused(string place)
    {
        await using var database = await ReadyAsync();
        var faults = Faults(await ImportAsync(database, Rows(place), Mapped("\"coordinates\":\"gcj02\",")));
        Assert.StartsWith("columns \"lat\" and \"lon\": expected a place in China in gcj02, got ", faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_without_a_place_has_none_and_half_a_place_is_refused()
    {
        await using var database = await ReadyAsync();
        var mapping = Mapped("\"coordinates\":\"gcj02\",");
        Assert.Empty((await ImportAsync(database, Rows(","), mapping)).Errors);
        Assert.StartsWith("$.data.location.lon: missing", Faults(await ImportAsync(database, Rows("39.9,"), mapping)));
        Assert.Contains("expected a number", Faults(await ImportAsync(database, Rows("39.9,east"), mapping)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_that_names_a_system_and_has_no_place_is_refused()
    {
        var mapping =
            """{"name":"n","source":"s","coordinates":"gcj02","events":[{"type":"case_closed","id":"{no}","subject":"case/{no}",""";
        Assert.Null(ImportMapping.Read(Encoding.UTF8.GetBytes(mapping + """ "time":"t","actor":"a"}]}"""), out var faults));
        Assert.Equal("$.coordinates: no event has a \"lat\" and a \"lon\" in columns to convert", Assert.Single(faults).ToString());
    }

    private static byte[] Rows(string place) => Encoding.UTF8.GetBytes($"no,received,lat,lon\n7,2025-11-03 09:12:00,{place}\n");

    private static ImportMapping Mapped(string options) =>
        ImportMapping.Read(
            Encoding.UTF8.GetBytes(
                $$$"""
                {"name":"places","source":"s",{{{options}}} "events":[{"type":"case_received","id":"r-{no}-{digest}","subject":"case/{no}",
                "time":"received","actor":"a","data":{"platform":"city","channel":"phone","urgency":"routine",
                "location":{"lat":{"column":"lat","as":"number"},"lon":{"column":"lon","as":"number"}} }}]}
                """
            ),
            out var faults
        ) ?? throw new InvalidDataException(string.Join("; ", faults));

    private static decimal MetresApart((decimal Lat, decimal Lon) a, (decimal Lat, decimal Lon) b) =>
        Geometry.Millimetres(new Fix(default, a.Lat, a.Lon), new Fix(default, b.Lat, b.Lon)) / 1000m;

    private static (decimal, decimal) Pair(string text) => (decimal.Parse(text.Split(' ')[0]), decimal.Parse(text.Split(' ')[1]));
}
