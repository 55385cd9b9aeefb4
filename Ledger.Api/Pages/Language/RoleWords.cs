using Ledger.Domain.Events;

namespace Ledger.Api.Pages.Language;

/// <summary>What people do with the ledger, in words.</summary>
public static class RoleWords
{
    /// <summary>A role.</summary>
    public static string Of(Tongue t, Role role) =>
        role switch
        {
            Role.Recorder => t["数据记录", "recorder"],
            Role.Vendor => t["乙方", "vendor"],
            Role.Principal => t["甲方", "principal"],
            Role.Finance => t["财务", "finance"],
            Role.Investigator => t["核查", "investigator"],
            Role.Auditor => t["审计", "auditor"],
            Role.Administrator => t["管理员", "administrator"],
            Role.Ledger => t["系统", "ledger"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
