using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace Ledger.Api.Tables;

/// <summary>
/// Names of parts are one however their letters are cased (ECMA-376, part 2, 6.2.2.3). The framework finds the type of a part by the
/// spelling in the list of types alone; where that differs from the part's own, a copy of the workbook is read with the list mended.
/// </summary>
internal static class XlsxPartNames
{
    private const string Types = "[Content_Types].xml";
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>The stream itself, or a copy in which the list of types spells each part as the package does; both seekable.</summary>
    public static Stream Spelled(Stream stream)
    {
        var mended = Mended(stream);
        stream.Position = 0;
        if (mended is null)
        {
            return stream;
        }

        var copy = TemporaryFile.Create();
        stream.CopyTo(copy);
        stream.Position = 0;
        using (var zip = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            Find(zip)!.Delete();
            using var list = zip.CreateEntry(Types).Open();
            mended.Save(list);
        }

        copy.Position = 0;
        return copy;
    }

    /// <summary>The list of types with the spelling of the parts; null where it has that, or cannot be read: the SDK says why.</summary>
    private static XDocument? Mended(Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (Find(zip) is not { Length: <= MostBytes } entry)
        {
            return null;
        }

        try
        {
            using var reader = XmlReader.Create(
                entry.Open(),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, CloseInput = true }
            );
            var list = XDocument.Load(reader);
            var parts = zip.Entries.DistinctBy(e => e.FullName.ToUpperInvariant()).ToDictionary(e => "/" + e.FullName.ToUpperInvariant());
            var mended = false;
            foreach (var name in list.Descendants().Attributes("PartName"))
            {
                if (parts.TryGetValue(name.Value.ToUpperInvariant(), out var part) && "/" + part.FullName != name.Value)
                {
                    (name.Value, mended) = ("/" + part.FullName, true);
                }
            }

            return mended ? list : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static ZipArchiveEntry? Find(ZipArchive zip) =>
        zip.Entries.FirstOrDefault(e => e.FullName.Equals(Types, StringComparison.OrdinalIgnoreCase));
}
