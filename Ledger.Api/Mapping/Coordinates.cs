using Ledger.Domain.Vocabulary;

namespace Ledger.Api.Mapping;

/// <summary>
/// Places of Chinese maps in WGS 84, by the published approximations of what the maps do to it (GCJ-02 itself is not published; how well
/// they agree is in <see cref="CoordinateSystems.ErrorMetres"/>). They are known in the maps' direction alone and are inverted step by step.
/// </summary>
public static class Coordinates
{
    private const int Decimals = 7;
    private const int MostSteps = 30;
    private const double Close = 1e-10;

    // GCJ-02 moves points on the ellipsoid of Krasovsky.
    private const double Axis = 6_378_245.0;
    private const double Eccentricity = 0.00669342162296594323;

    // BD-09 turns and stretches GCJ-02 a little, about a centre of its own.
    private const double Wave = Math.PI * 3000 / 180;

    // The bands of Baidu's plane from the north, each with what gives degrees there: longitude linear, latitude a polynomial.
    private static readonly (double From, double[] Terms)[] Bands =
    [
        (
            12890594.86,
            [
                1.410526172116255e-8,
                8.98305509648872e-6,
                -1.9939833816331,
                200.9824383106796,
                -187.2403703815547,
                91.6087516669843,
                -23.38765649603339,
                2.57121317296198,
                -0.03801003308653,
                17337981.2,
            ]
        ),
        (
            8362377.87,
            [
                -7.435856389565537e-9,
                8.983055097726239e-6,
                -0.78625201886289,
                96.32687599759846,
                -1.85204757529826,
                -59.36935905485877,
                47.40033549296737,
                -16.50741931063887,
                2.28786674699375,
                10260144.86,
            ]
        ),
        (
            5591021,
            [
                -3.030883460898826e-8,
                8.98305509983578e-6,
                0.30071316287616,
                59.74293618442277,
                7.357984074871,
                -25.38371002664745,
                13.45380521110908,
                -3.29883767235584,
                0.32710905363475,
                6856817.37,
            ]
        ),
        (
            3481989.83,
            [
                -1.981981304930552e-8,
                8.983055099779535e-6,
                0.03278182852591,
                40.31678527705744,
                0.65659298677277,
                -4.44255534477492,
                0.85341911805263,
                0.12923347998204,
                -0.04625736007561,
                4482777.06,
            ]
        ),
        (
            1678043.12,
            [
                3.09191371068437e-9,
                8.983055096812155e-6,
                0.00006995724062,
                23.10934304144901,
                -0.00023663490511,
                -0.6321817810242,
                -0.00663494467273,
                0.03430082397953,
                -0.00466043876332,
                2555164.4,
            ]
        ),
        (
            0,
            [
                2.890871144776878e-9,
                8.983055095805407e-6,
                -3.068298e-8,
                7.47137025468032,
                -0.00000353937994,
                -0.02145144861037,
                -0.00001234426596,
                0.00010322952773,
                -0.00000323890364,
                826088.5,
            ]
        ),
    ];

    /// <summary>
    /// A place in WGS 84, in degrees to seven places. Null where it lies nowhere near China, where these systems are not defined: it is in
    /// another system, or its latitude and longitude were exchanged.
    /// </summary>
    /// <param name="from">The system it is in.</param>
    /// <param name="lat">Its latitude in degrees; of <c>bd09mc</c> its y in metres.</param>
    /// <param name="lon">Its longitude in degrees; of <c>bd09mc</c> its x in metres.</param>
    public static (decimal Lat, decimal Lon)? ToWgs84(CoordinateSystem from, decimal lat, decimal lon)
    {
        var point = ((double)lat, (double)lon);
        point = from == CoordinateSystem.Bd09mc ? FromPlane(point) : point;
        if (point is not (> 0.8 and < 55.9, > 72 and < 137.9))
        {
            return null;
        }

        point = from == CoordinateSystem.Gcj02 ? point : Inverse(ToBd09, point);
        var (y, x) = Inverse(ToGcj02, point);
        return (decimal.Round((decimal)y, Decimals), decimal.Round((decimal)x, Decimals));
    }

    /// <summary>The point that a map moves to a place: both lie close together, and the map is all but flat there.</summary>
    private static (double Lat, double Lon) Inverse(
        Func<(double Lat, double Lon), (double Lat, double Lon)> map,
        (double Lat, double Lon) to
    )
    {
        var point = to;
        for (var step = 0; step < MostSteps; step++)
        {
            var (lat, lon) = map(point);
            var (north, east) = (to.Lat - lat, to.Lon - lon);
            point = (point.Lat + north, point.Lon + east);
            if (Math.Abs(north) < Close && Math.Abs(east) < Close)
            {
                break;
            }
        }

        return point;
    }

    private static (double Lat, double Lon) ToGcj02((double Lat, double Lon) wgs84)
    {
        var (y, x) = (wgs84.Lat - 35, wgs84.Lon - 105);
        var common = (20 * Math.Sin(6 * x * Math.PI)) + (20 * Math.Sin(2 * x * Math.PI));
        var north =
            -100
            + (2 * x)
            + (3 * y)
            + (0.2 * y * y)
            + (0.1 * x * y)
            + (0.2 * Math.Sqrt(Math.Abs(x)))
            + ((common + Waves(y, 160, 320)) * 2 / 3);
        var east =
            300 + x + (2 * y) + (0.1 * x * x) + (0.1 * x * y) + (0.1 * Math.Sqrt(Math.Abs(x))) + ((common + Waves(x, 150, 300)) * 2 / 3);
        var phi = wgs84.Lat * Math.PI / 180;
        var w = 1 - (Eccentricity * Math.Sin(phi) * Math.Sin(phi));
        return (
            wgs84.Lat + (north * 180 / (Axis * (1 - Eccentricity) / (w * Math.Sqrt(w)) * Math.PI)),
            wgs84.Lon + (east * 180 / (Axis / Math.Sqrt(w) * Math.Cos(phi) * Math.PI))
        );
    }

    private static double Waves(double at, double third, double fourth) =>
        (20 * Math.Sin(at * Math.PI))
        + (40 * Math.Sin(at * Math.PI / 3))
        + (third * Math.Sin(at * Math.PI / 12))
        + (fourth * Math.Sin(at * Math.PI / 30));

    private static (double Lat, double Lon) ToBd09((double Lat, double Lon) gcj02)
    {
        var (y, x) = gcj02;
        var far = Math.Sqrt((x * x) + (y * y)) + (0.00002 * Math.Sin(y * Wave));
        var angle = Math.Atan2(y, x) + (0.000003 * Math.Cos(x * Wave));
        return ((far * Math.Sin(angle)) + 0.006, (far * Math.Cos(angle)) + 0.0065);
    }

    private static (double Lat, double Lon) FromPlane((double Y, double X) metres)
    {
        if (metres.Y < 0)
        {
            return (0, 0);
        }

        var terms = Bands.First(b => metres.Y >= b.From).Terms;
        var (at, lat) = (metres.Y / terms[9], 0.0);
        for (var power = 6; power >= 0; power--)
        {
            lat = (lat * at) + terms[2 + power];
        }

        return (lat, terms[0] + (terms[1] * metres.X));
    }
}
