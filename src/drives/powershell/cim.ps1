# What every Windows tells of disks by its old classes, for where the Storage module is missing.
# They know no kinds, and of a volume without a letter not where it lies.
$hasCim = [bool](Get-Command Get-CimInstance -ErrorAction SilentlyContinue)

# Only what is named is asked for: not the free space of letters, for which Windows would call
# servers, nor the size of a disc, for which it would turn.
function Ask($class, $names) {
  Part $class {
    $found = if ($hasCim) { Get-CimInstance -ClassName $class -Property $names }
    else { Get-WmiObject -Class $class -Property $names }
    $found | Where-Object { $_ } | ForEach-Object {
      $row = [ordered]@{}
      foreach ($name in $names) {
        $value = Plain ($_.$name)
        if ($null -ne $value -and "$value" -ne '') { $row[$name] = $value }
      }
      $row
    }
  }
}

Ask 'Win32_DiskDrive' 'DeviceID', 'Index', 'Model', 'Manufacturer', 'SerialNumber', 'PNPDeviceID',
  'InterfaceType', 'Capabilities', 'Size'
Ask 'Win32_DiskPartition' 'DeviceID', 'DiskIndex', 'Index', 'StartingOffset', 'Size'
Ask 'Win32_LogicalDisk' 'DeviceID', 'DriveType', 'MediaType', 'ProviderName'
Ask 'Win32_Volume' 'DeviceID', 'Name', 'DriveLetter', 'DriveType', 'FileSystem', 'Label',
  'Capacity', 'FreeSpace', 'SerialNumber'
Ask 'Win32_MountPoint' 'Directory', 'Volume'
Ask 'Win32_CDROMDrive' 'DeviceID', 'Drive', 'Caption', 'Manufacturer', 'PNPDeviceID'
Ask 'Win32_NetworkConnection' 'LocalName', 'RemoteName'
Ask 'Win32_DiskDriveToDiskPartition' 'Antecedent', 'Dependent'
Ask 'Win32_LogicalDiskToPartition' 'Antecedent', 'Dependent'
Answer 'windowsCim'
