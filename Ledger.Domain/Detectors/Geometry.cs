using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// Distances on the ground, in whole millimetres so that comparisons outside this file are exact. Points are WGS 84; the
/// haversine is of the mean earth radius, and within a district a degree is a plane's.
/// </summary>
public static class Geometry
{
    private const double EarthRadius = 6_371_008.8;
    private const double DegreesToRadians = Math.PI / 180;
    private const double Thousand = 1000;

    /// <summary>The great-circle distance.</summary>
    public static long Millimetres(Fix a, Fix b) => Millimetres((double)a.Lat, (double)a.Lon, (double)b.Lat, (double)b.Lon);

    /// <summary>The length of a track.</summary>
    public static long LengthOf(IReadOnlyList<Fix> track)
    {
        var sum = 0L;
        for (var i = 1; i < track.Count; i++)
        {
            sum += Millimetres(track[i - 1], track[i]);
        }

        return sum;
    }

    /// <summary>How far a point lies outside a polygon; 0 inside and on its border.</summary>
    public static long OutsideOf(IReadOnlyList<Location> polygon, Fix fix)
    {
        var scale = Math.Cos((double)fix.Lat * DegreesToRadians);
        var (inside, nearest) = (false, double.MaxValue);
        for (int i = 0, j = polygon.Count - 1; i < polygon.Count; j = i++)
        {
            // The fix is the origin; x runs east, y north, in metres.
            var (ax, ay) = Plane(polygon[i], fix, scale);
            var (bx, by) = Plane(polygon[j], fix, scale);
            if (ay > 0 != by > 0 && 0 < ((bx - ax) * (0 - ay) / (by - ay)) + ax)
            {
                inside = !inside;
            }

            var (dx, dy) = (bx - ax, by - ay);
            var along = (dx * dx) + (dy * dy) is var length and > 0 ? Math.Clamp(-((ax * dx) + (ay * dy)) / length, 0, 1) : 0;
            nearest = Math.Min(nearest, Math.Sqrt(Square(ax + (along * dx)) + Square(ay + (along * dy))));
        }

        return inside ? 0 : (long)(nearest * Thousand);
    }

    /// <summary>
    /// The first moment of a span at which two tracks (in order of time) are further apart than so many millimetres: at the
    /// fixes of either while both have one before and after, the other's place taken on the straight line between its two.
    /// </summary>
    public static (Instant At, long Millimetres)? FirstApart(
        IReadOnlyList<Fix> a,
        IReadOnlyList<Fix> b,
        Instant from,
        Instant to,
        long moreThan
    )
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return null;
        }

        from = Instant.Max(from, Instant.Max(a[0].At, b[0].At));
        to = Instant.Min(to, Instant.Min(a[^1].At, b[^1].At));
        var (i, j) = (0, 0);
        foreach (var at in a.Concat(b).Select(f => f.At).Where(t => t >= from && t <= to).Order())
        {
            var (aLat, aLon) = PlaceAt(a, ref i, at);
            var (bLat, bLon) = PlaceAt(b, ref j, at);
            if (Millimetres(aLat, aLon, bLat, bLon) is var apart && apart > moreThan)
            {
                return (at, apart);
            }
        }

        return null;
    }

    private static (double Lat, double Lon) PlaceAt(IReadOnlyList<Fix> track, ref int index, Instant at)
    {
        while (index + 1 < track.Count && track[index + 1].At <= at)
        {
            index++;
        }

        var before = track[index];
        if (before.At == at || index + 1 == track.Count)
        {
            return ((double)before.Lat, (double)before.Lon);
        }

        var after = track[index + 1];
        var share = (at - before.At) / (after.At - before.At);
        return (
            (double)before.Lat + (share * (double)(after.Lat - before.Lat)),
            (double)before.Lon + (share * (double)(after.Lon - before.Lon))
        );
    }

    private static (double X, double Y) Plane(Location point, Fix origin, double scale) =>
        (
            (double)(point.Lon - origin.Lon) * scale * DegreesToRadians * EarthRadius,
            (double)(point.Lat - origin.Lat) * DegreesToRadians * EarthRadius
        );

    private static long Millimetres(double aLat, double aLon, double bLat, double bLon)
    {
        var h =
            Square(Math.Sin((bLat - aLat) * DegreesToRadians / 2))
            + (
                Math.Cos(aLat * DegreesToRadians)
                * Math.Cos(bLat * DegreesToRadians)
                * Square(Math.Sin((bLon - aLon) * DegreesToRadians / 2))
            );
        return (long)(2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(h))) * Thousand);
    }

    private static double Square(double value) => value * value;
}
